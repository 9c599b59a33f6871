import os

os.environ.setdefault('TF_ENABLE_ONEDNN_OPTS', '1')  # channels_first on a CPU

from keras.models import Sequential, Model
from keras.layers import Input
from keras.layers import Dense, Flatten, Reshape, Permute, RepeatVector, Activation, SpatialDropout2D, SpatialDropout1D
from keras.layers import Conv2D, MaxPooling2D, UpSampling2D, Cropping2D, ZeroPadding2D, Conv1D
from keras.layers import GaussianNoise, GaussianDropout
from keras.layers import PReLU, ELU, LeakyReLU
from keras1_compat import Keras1Kernel


def denoiser():
    """Denoising autoencoder for 1 x 30 x 40 spectrograms"""
    m = Sequential()
    m.add(GaussianNoise(stddev=0.1, input_shape=(1, 30, 40)))
    m.add(Conv2D(8, (5, 5), padding='same', data_format='channels_first'))
    m.add(PReLU(shared_axes=[2, 3]))      # one slope a channel
    m.add(SpatialDropout2D(rate=0.2, data_format='channels_first'))
    m.add(MaxPooling2D(data_format='channels_first'))
    m.add(Conv2D(4, (3, 3), padding='same', data_format='channels_first'))
    m.add(PReLU(alpha_initializer='zero', name='each'))       # one slope a pixel
    m.add(SpatialDropout2D(0.1, data_format='channels_first'))
    m.add(UpSampling2D((2, 2), data_format='channels_first'))
    m.add(ZeroPadding2D(padding=(1, 2), data_format='channels_first'))
    m.add(Conv2D(1, (3, 3), activation='sigmoid', padding='same', data_format='channels_first'))
    m.add(Cropping2D(cropping=((1, 1), (2, 2)), data_format='channels_first'))
    m.compile('sgd', 'mse')
    return m


def classifier(classes=5):
    x = inp = Input((120,))
    x = GaussianNoise(.05)(x)
    x = Dense(24)(x)
    x = ELU(alpha=0.5)(x)
    x = GaussianDropout(rate=0.3)(x)
    x = Dense(12)(x)
    x = LeakyReLU(negative_slope=.1)(x)
    x = RepeatVector(4)(x)
    x = Conv1D(6, 2, kernel_initializer=Keras1Kernel('glorot_uniform', 'conv1d'))(x)
    x = SpatialDropout1D(0.3)(x)
    x = Permute((2, 1))(x)
    x = LeakyReLU()(Flatten()(x))
    return Model(inp, Dense(units=classes, activation='softmax')(x))
